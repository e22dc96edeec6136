package org.mirage4j.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;
import org.mirage4j.core.io.Printable;
import org.mirage4j.core.network.ModelFile;
import org.mirage4j.core.network.ModelFormatException;

/** The folder of a trained model: a network, and what is needed beside it as JSON. */
final class ModelFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelFiles() {}

    static void write(Path folder, String weights, ComputationGraph graph, String description, Object content) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new MirageException("cannot create the folder " + folder + ": " + e.getMessage(), e);
        }
        AtomicFile.write(folder.resolve(weights), out -> ModelFile.write(graph, out, false));
        AtomicFile.write(folder.resolve(description), out -> JSON.writerWithDefaultPrettyPrinter()
                .writeValue(out, content));
    }

    /**
     * Reads both files, which may be a stranger's.
     *
     * @param make what becomes of them; refuses a description that does not fit the network
     */
    static <D, M> M read(
            Path folder,
            String kind,
            String weights,
            String description,
            Class<D> type,
            BiFunction<ComputationGraph, D, M> make) {
        for (String file : List.of(weights, description)) {
            if (!Files.isRegularFile(folder.resolve(file))) {
                throw new MirageException(folder + " holds no " + kind + ": " + file + " is missing");
            }
        }
        try {
            ComputationGraph graph = ModelFile.read(folder.resolve(weights), List.of());
            D described = JSON.readValue(folder.resolve(description).toFile(), type);
            return make.apply(graph, Objects.requireNonNull(described));
        } catch (ModelFormatException e) {
            throw new ModelFormatException(folder + " cannot be read as a " + kind + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            throw new ModelFormatException(
                    folder + " cannot be read as a " + kind + ": " + description + ": " + Printable.of(e), e);
        }
    }
}
