package org.mirage4j.gan.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mirage4j.core.features.ExtractorId;
import org.nd4j.linalg.factory.Nd4j;

/** Inputs and expected values computed with NumPy and SciPy. */
final class Golden {
    private static final Pattern HEADER =
            Pattern.compile("'descr': '<f8', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\)");

    static final FeatureMatrix REAL = matrix("real.npy");
    static final FeatureMatrix FAKE = matrix("fake.npy");
    static final FeatureMatrix LOGITS = matrix("logits.npy");

    private Golden() {}

    static JsonNode expected(String metric) {
        try (InputStream in = open("expected.json")) {
            return new ObjectMapper().readTree(in).get(metric);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static FeatureMatrix matrix(String file) {
        try (InputStream in = open(file)) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = bytes.getShort(8);
            String header = new String(bytes.array(), 10, headerLength, StandardCharsets.US_ASCII);
            Matcher shape = HEADER.matcher(header);
            if (!shape.find()) {
                throw new IllegalStateException(file + " is no matrix of doubles: " + header);
            }
            int rows = Integer.parseInt(shape.group(1));
            int columns = Integer.parseInt(shape.group(2));
            double[] values = new double[rows * columns];
            bytes.position(10 + headerLength)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asDoubleBuffer()
                    .get(values);
            return FeatureMatrix.of(Nd4j.create(values, new long[] {rows, columns}, 'c'), ExtractorId.POINTS);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static InputStream open(String file) {
        return Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/" + file), file);
    }
}
