package org.mirage4j.examples;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.data.ExampleSource;
import org.mirage4j.core.data.IdxFile;
import org.mirage4j.core.data.SyntheticDigits;

/**
 * Which images a command trains on, in words that a run's configuration can keep.
 *
 * @param kind what they are
 * @param folder where they are, null for those that the program draws
 */
record DataOrigin(DataKind kind, @Nullable Path folder) {
    private static final int DIGITS = 20_000;
    private static final int CLASSES = 10;

    /**
     * What was asked for on the command line, and where it is silent, what a run remembers.
     *
     * @param kind as given
     * @param folder as given
     * @param remembered the run's origin, empty for a new run
     */
    static DataOrigin of(@Nullable DataKind kind, @Nullable Path folder, Map<String, String> remembered) {
        if (kind != null || folder != null) {
            return new DataOrigin(Objects.requireNonNullElse(kind, DataKind.IDX), folder);
        }
        if (remembered.isEmpty()) {
            return new DataOrigin(DataKind.SYNTHETIC_DIGITS, null);
        }
        String name = remembered.getOrDefault("kind", "");
        String place = remembered.get("folder");
        for (DataKind known : DataKind.values()) {
            if (KebabEnum.spell(known).equals(name) && (known == DataKind.IDX) == (place != null)) {
                return new DataOrigin(known, place == null ? null : Path.of(place));
            }
        }
        throw new MirageException("the run's data cannot be found again from " + remembered
                + " in its config.json; name them with --data and --data-dir");
    }

    /** Folders absolute, because a run may be resumed from elsewhere. */
    Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("kind", KebabEnum.spell(kind));
        if (folder != null) {
            map.put("folder", folder.toAbsolutePath().normalize().toString());
        }
        return map;
    }

    ExampleSource examples() {
        return folder == null
                ? new SyntheticDigits(0).examples(0, DIGITS)
                : IdxFile.readFolder(folder, IdxFile.Part.TRAINING, CLASSES);
    }
}
