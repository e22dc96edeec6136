package org.mirage4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class KebabEnumTest {

    enum Source {
        SYNTHETIC_DIGITS,
        IDX
    }

    static final class Sources extends KebabEnum<Source> {
        Sources() {
            super(Source.class);
        }
    }

    @Test
    void constantsAreSpelledInKebabCase() {
        assertThat(new Sources()).containsExactly("synthetic-digits", "idx");
        assertThat(new Sources().convert("synthetic-digits")).isEqualTo(Source.SYNTHETIC_DIGITS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits", "SYNTHETIC_DIGITS", ""})
    void otherSpellingsNameWhatIsAllowed(String value) {
        assertThatThrownBy(() -> new Sources().convert(value))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("found '" + value + "', allowed are synthetic-digits, idx");
    }
}
