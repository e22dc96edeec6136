package org.mirage4j.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.io.AtomicFile;

/** The folder of a trained model: a network, and what is needed beside it as JSON. */
final class ModelFiles {
    private ModelFiles() {}

    static void write(Path folder, String weights, ComputationGraph graph, String description, Object content) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new MirageException("cannot create the folder " + folder + ": " + e.getMessage(), e);
        }
        AtomicFile.write(folder.resolve(weights), out -> ModelSerializer.writeModel(graph, out, false));
        AtomicFile.write(
                folder.resolve(description),
                out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, content));
    }

    static void requireAll(Path folder, String kind, String... files) {
        for (String file : files) {
            if (!Files.isRegularFile(folder.resolve(file))) {
                throw new MirageException(folder + " holds no " + kind + ": " + file + " is missing");
            }
        }
    }
}
