package org.mirage4j.core.network;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.io.Printable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Writes the model zips of Deeplearning4j, and reads them as one reads the files of a stranger: the configuration is checked before
 * anything it names is touched, arrays are read as plain numbers, and memory stays within a small multiple of the
 * file's real size, whatever the file says about itself.
 */
public final class ModelFile {
    /** What everybody may need at once; beyond it, so many times the file's size. */
    private static final long ALLOWANCE = 8L << 20;

    private static final long EXPANSION = 16;
    private static final int MAX_CONFIGURATION = 16 << 20;
    private static final int CHUNK = 1 << 16;

    /** How Nd4j has marked its arrays since 1.0.0-beta4. */
    private static final String ARRAY_MARK = "MIXED_DATA_TYPES";

    private static final int MAX_RANK = 32;

    /** What all entries bear; the first day of 1980 is not stored as it is. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private final Path file;
    private long budget;

    private ModelFile(Path file, long budget) {
        this.file = file;
        this.budget = budget;
    }

    /**
     * Reads a graph that Deeplearning4j's {@code ModelSerializer} has written since version 1.0.0-beta4.
     *
     * @param file a model zip; nobody needs to trust it
     * @param trusted classes of the caller's own that the configuration may name, beside the layers, vertices and so
     *     on of Deeplearning4j, Nd4j and this library
     * @return the initialised graph, with updater state where the file has it
     * @throws ModelFormatException if the file cannot be read, is no such model, or names a class that is neither
     *     known nor trusted
     */
    public static ComputationGraph read(Path file, Collection<Class<?>> trusted) {
        try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
            ModelFile model = new ModelFile(file, ALLOWANCE + EXPANSION * Files.size(file));
            return model.read(zip, Set.copyOf(trusted));
        } catch (ModelFormatException e) {
            throw e;
        } catch (ZipException e) {
            throw new ModelFormatException(file + " is no model: it is no zip file, or a damaged one", e);
        } catch (EOFException e) {
            throw new ModelFormatException("model " + file + " is damaged: it is cut short", e);
        } catch (IOException e) {
            String reason = Files.exists(file) ? Printable.of(e) : "it does not exist";
            throw new ModelFormatException("cannot read the model " + file + ": " + reason, e);
        }
    }

    /**
     * Writes a graph as Deeplearning4j's {@code ModelSerializer} does, but so that equal graphs give equal bytes: no
     * time of day in the zip, and text as UTF-8 whatever the platform.
     *
     * @param graph an initialised graph
     * @param out where to write; is not closed
     * @param withUpdater whether to write the updater state, to train on
     * @throws IOException if writing fails
     */
    public static void write(ComputationGraph graph, OutputStream out, boolean withUpdater) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        begin(zip, ModelSerializer.CONFIGURATION_JSON);
        zip.write(graph.getConfiguration().toJson().getBytes(StandardCharsets.UTF_8));
        write(zip, ModelSerializer.COEFFICIENTS_BIN, graph.params());
        INDArray state = withUpdater ? graph.getUpdater().getStateViewArray() : null;
        if (state != null && state.length() > 0) {
            write(zip, ModelSerializer.UPDATER_BIN, state);
        }
        zip.finish();
    }

    private static void write(ZipOutputStream zip, String name, INDArray array) throws IOException {
        begin(zip, name);
        DataOutputStream data = new DataOutputStream(new BufferedOutputStream(zip, CHUNK));
        Nd4j.write(array, data);
        data.flush();
    }

    private static void begin(ZipOutputStream zip, String name) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
    }

    private ComputationGraph read(ZipFile zip, Set<Class<?>> trusted) throws IOException {
        String json = ModelConfiguration.check(file, bytes(zip, ModelSerializer.CONFIGURATION_JSON), trusted);
        INDArray parameters = array(zip, ModelSerializer.COEFFICIENTS_BIN);
        INDArray updaterState =
                zip.getEntry(ModelSerializer.UPDATER_BIN) == null ? null : array(zip, ModelSerializer.UPDATER_BIN);
        try {
            ComputationGraphConfiguration configuration = ModelConfiguration.parse(json);
            refuseOtherSize(configuration, parameters);
            ComputationGraph graph = new ComputationGraph(configuration);
            graph.init(parameters.reshape(1, parameters.length()), false);
            restoreUpdater(graph, updaterState);
            return graph;
        } catch (ModelFormatException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw new ModelFormatException(
                    "model " + file + " holds a configuration that Deeplearning4j cannot build: " + Printable.of(e), e);
        }
    }

    /** Before the graph is built: it would allocate what its configuration says. */
    private void refuseOtherSize(ComputationGraphConfiguration configuration, INDArray parameters) {
        long described = 0;
        for (GraphVertex vertex : configuration.getVertices().values()) {
            long more = vertex.numParams(true);
            if (more < 0 || more > Integer.MAX_VALUE) {
                throw new ModelFormatException(
                        "model " + file + " describes a layer of " + more + " parameters, but 2^31 is the most");
            }
            described += more;
        }
        if (described != parameters.length()) {
            throw new ModelFormatException("model " + file + " describes a network of " + described
                    + " parameters, but holds " + parameters.length());
        }
    }

    private void restoreUpdater(ComputationGraph graph, @Nullable INDArray state) {
        if (state == null) {
            return;
        }
        INDArray fresh = graph.getUpdater(true).getStateViewArray();
        long wanted = fresh == null ? 0 : fresh.length();
        if (state.length() != wanted) {
            throw new ModelFormatException("model " + file + " holds an updater state of " + state.length()
                    + " numbers, but its network needs " + wanted);
        }
        if (fresh != null) {
            fresh.assign(state.reshape(fresh.shape()));
        }
    }

    private ZipEntry entry(ZipFile zip, String name) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new ModelFormatException("model " + file + " holds no " + name);
        }
        return entry;
    }

    private byte[] bytes(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(entry(zip, name))) {
            byte[] bytes = in.readNBytes(MAX_CONFIGURATION + 1);
            if (bytes.length > MAX_CONFIGURATION) {
                throw new ModelFormatException("model " + file + " holds a " + name + " of more than the "
                        + (MAX_CONFIGURATION >> 20) + " MB allowed");
            }
            return bytes;
        }
    }

    /** An array as Nd4j writes it: its shape as an array of longs, then its elements. */
    private INDArray array(ZipFile zip, String name) throws IOException {
        try (DataInputStream in = new DataInputStream(zip.getInputStream(entry(zip, name)))) {
            long shapeLength = begin(in, name, "LONG");
            if (shapeLength < 4 || shapeLength > 2 * MAX_RANK + 4) {
                throw noArray(name);
            }
            long[] shape = new long[(int) shapeLength];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = in.readLong();
            }
            long count = elements(shape);
            if (count <= 0) {
                throw noArray(name);
            }
            boolean isFloat = isFloat(in, name, count);
            byte[] elements = elements(in, name, Math.multiplyExact(count, isFloat ? Float.BYTES : Double.BYTES));
            if (in.read() >= 0) {
                throw new ModelFormatException("model " + file + ", " + name + ": bytes follow its end");
            }
            return isFloat ? floats(elements) : doubles(elements);
        } catch (ArithmeticException e) {
            throw noArray(name);
        }
    }

    private static long elements(long[] shapeInformation) {
        long rank = shapeInformation[0];
        if (rank < 0 || shapeInformation.length != Math.max(2 * rank + 4, 4)) {
            return 0;
        }
        long count = 1;
        for (int i = 1; i <= rank; i++) {
            if (shapeInformation[i] <= 0) {
                return 0;
            }
            count = Math.multiplyExact(count, shapeInformation[i]);
        }
        return count;
    }

    /** Reads how a buffer begins and returns how many elements it promises. */
    private long begin(DataInputStream in, String name, String type) throws IOException {
        if (!in.readUTF().equals(ARRAY_MARK)) {
            throw noArray(name);
        }
        long length = in.readLong();
        if (!in.readUTF().equals(type)) {
            throw noArray(name);
        }
        return length;
    }

    private boolean isFloat(DataInputStream in, String name, long count) throws IOException {
        if (!in.readUTF().equals(ARRAY_MARK) || in.readLong() != count) {
            throw noArray(name);
        }
        String type = in.readUTF();
        if (!type.equals(DataType.FLOAT.name()) && !type.equals(DataType.DOUBLE.name())) {
            throw new ModelFormatException("model " + file + ", " + name + " holds numbers of type "
                    + Printable.of(type) + ", allowed are FLOAT and DOUBLE");
        }
        return type.equals(DataType.FLOAT.name());
    }

    /** In pieces, so that nothing is allocated that has not been read. */
    private byte[] elements(DataInputStream in, String name, long length) throws IOException {
        if (length > Integer.MAX_VALUE - 8 || length > budget) {
            throw new ModelFormatException("model " + file + ", " + name + " claims " + length
                    + " bytes, which is more than a file of " + Files.size(file) + " bytes can be trusted to hold");
        }
        budget -= length;
        byte[] bytes = new byte[(int) Math.min(length, CHUNK)];
        int read = 0;
        while (read < length) {
            if (read == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * bytes.length));
            }
            int more = in.readNBytes(bytes, read, bytes.length - read);
            if (more == 0) {
                throw new EOFException();
            }
            read += more;
        }
        return bytes;
    }

    private static INDArray floats(byte[] bigEndian) {
        float[] values = new float[bigEndian.length / Float.BYTES];
        ByteBuffer.wrap(bigEndian).asFloatBuffer().get(values);
        return Nd4j.createFromArray(values);
    }

    private static INDArray doubles(byte[] bigEndian) {
        double[] values = new double[bigEndian.length / Double.BYTES];
        ByteBuffer.wrap(bigEndian).asDoubleBuffer().get(values);
        return Nd4j.createFromArray(values);
    }

    private ModelFormatException noArray(String name) {
        return new ModelFormatException(
                "model " + file + ", " + name + " is not an array as Nd4j has written them since 1.0.0-beta4");
    }
}
