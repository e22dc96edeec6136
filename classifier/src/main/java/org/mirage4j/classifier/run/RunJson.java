package org.mirage4j.classifier.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import org.mirage4j.core.io.AtomicFile;

/** What runs write as JSON, for people and scripts. */
final class RunJson {
    private RunJson() {}

    static void write(Path file, Map<String, ?> content) {
        AtomicFile.write(
                file, out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, content));
    }
}
