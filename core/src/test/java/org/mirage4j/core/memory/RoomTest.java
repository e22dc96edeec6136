package org.mirage4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.SyntheticDigits;
import org.mirage4j.core.network.Network;
import org.mirage4j.core.network.NetworkBuilder;

class RoomTest {
    @Test
    void arraysBeyondJavasAreRefusedWithTheirSizes() {
        assertThat(Room.elements("labels", 3, 4, 5)).isEqualTo(60);
        assertThat(Room.elements("labels", 0, 4)).isZero();
        assertThat(Room.elements("labels", Room.LARGEST_ARRAY)).isEqualTo(Room.LARGEST_ARRAY);
        assertThatThrownBy(() -> Room.elements("labels", 65_536, 65_536)) // in int arithmetic 0
                .isInstanceOf(MirageException.class)
                .hasMessage(
                        "labels are 65536 x 65536 = 4294967296 numbers, but an array of Java holds at most 2147483639;"
                                + " ask for less");
        assertThatThrownBy(() -> Room.elements("labels", Long.MAX_VALUE, Long.MAX_VALUE, 2))
                .isInstanceOf(MirageException.class);
    }

    @Test
    void memoryBeyondTheLimitIsRefusedWithBoth() {
        assertThatCode(() -> Room.requireNative("tests", 1e6)).doesNotThrowAnyException();
        assertThatCode(() -> Room.requireHeap("tests", 1e6)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Room.requireNative("7 images", 0x1p62))
                .isInstanceOf(MirageException.class)
                .hasMessageMatching("7 images need 4.0 EiB of native memory, but at most [0-9.]+ [GTM]iB may be used;"
                        + " ask for less, or raise the limit \\(Java's -Dorg.bytedeco.javacpp.maxbytes or -Xmx\\)");
        assertThatThrownBy(() -> Room.requireHeap("7 images", 1.5 * 0x1p50))
                .hasMessageStartingWith("7 images need 1.5 PiB of Java heap, but at most ");
    }

    /** Products of two sizes that are beyond int, beyond long, and beyond memory alone. */
    @ParameterizedTest
    @CsvSource({"2147483647, 128, 274877906944", "4000000000, 4000000000, ''", "100000, 100000, 10000100000"})
    void networksThatCannotBeNameTheirLargestLayer(long inputs, long units, String count) {
        NetworkBuilder builder = NetworkBuilder.vectors(inputs).dense(units).dense(1);
        assertThatThrownBy(() -> builder.build(1))
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll(count, "of them in layer dense-1", "allowed are 2147483639");
    }

    @Test
    void networksBeyondMemoryAreRefused() {
        // 800 million parameters, and as many gradients: 6 GiB, of which tests may use 4
        NetworkBuilder builder = NetworkBuilder.vectors(20_000).dense(40_000).dense(1);
        assertThatThrownBy(() -> builder.build(1).close())
                .isInstanceOf(MirageException.class)
                .hasMessageContainingAll("in layer dense-1", "6.0 GiB of native memory, but at most 4.0 GiB");
        try (Network network = NetworkBuilder.vectors(200).dense(40).dense(1).build(1)) {
            assertThat(network.parameters().length()).isEqualTo(8081);
        }
    }

    @Test
    void digitsBeyondTheHeapAreRefused() {
        assertThatThrownBy(() -> new SyntheticDigits(1).examples(0, Integer.MAX_VALUE))
                .isInstanceOf(MirageException.class)
                .hasMessageStartingWith("2147483647 synthetic digits need 1.5 TiB of Java heap, but at most ");
    }
}
