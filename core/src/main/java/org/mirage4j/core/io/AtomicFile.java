package org.mirage4j.core.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.mirage4j.core.MirageException;

/**
 * Writes a file so that a reader, even after a power cut, sees the old content or the new one and
 * never a part: the bytes go to a temporary file in the same folder, are synced, and the file is
 * renamed over the target. Safe for concurrent use; of two writers of one target the last one wins. An interrupted
 * thread writes as any other and stays interrupted.
 */
public final class AtomicFile {
    private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp");

    private AtomicFile() {}

    /**
     * Writes the target, replacing what was there. If the body fails, the target is left as it was and
     * the temporary file is removed.
     *
     * @param target the file to write; its folder must exist
     * @param body writes the content to the (buffered) stream it is given; need not close it
     * @throws MirageException if the file cannot be written; what the body throws by itself, other than
     *     an {@link IOException}, passes through
     */
    public static void write(Path target, IoConsumer<OutputStream> body) {
        Path absolute = target.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null || Files.isDirectory(absolute)) {
            throw new MirageException(
                    String.format(Locale.ROOT, "cannot write %s: it is a folder, but a file is wanted", target));
        }
        Path temporary =
                folder.resolve(String.format(Locale.ROOT, ".%s.%s.tmp", absolute.getFileName(), UUID.randomUUID()));
        try {
            try {
                writeAndSync(temporary, body);
                Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            syncFolder(folder);
        } catch (IOException e) {
            throw new MirageException(String.format(Locale.ROOT, "cannot write %s: %s", target, reason(e, folder)), e);
        }
    }

    /**
     * Whether a file is what a killed process may have left behind of a write.
     *
     * @param file any file
     * @return true by its name; if its folder's owner still lives, it may be at work on it
     */
    public static boolean isTemporary(Path file) {
        Path name = file.getFileName();
        return name != null && TEMPORARY.matcher(name.toString()).matches();
    }

    private static void writeAndSync(Path file, IoConsumer<OutputStream> body) throws IOException {
        // Not Files.createTempFile: its files are readable by the owner only, and so would be the target.
        Files.createFile(file);
        // Not a FileChannel: one that a thread writes when it is interrupted, or was before, closes under its hands.
        try (FileOutputStream stream = new FileOutputStream(file.toFile());
                OutputStream out = new BufferedOutputStream(stream, 1 << 16)) {
            body.accept(new Unclosable(out));
            out.flush();
            stream.getFD().sync();
        }
    }

    /** Makes the rename itself durable, where the system can open a folder (Windows cannot). */
    private static void syncFolder(Path folder) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                } catch (FileSystemException e) {
                    return; // folders cannot be opened here
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String reason(IOException e, Path folder) {
        if (e instanceof NoSuchFileException) {
            return String.format(Locale.ROOT, "the folder %s does not exist", folder);
        }
        if (e instanceof NotDirectoryException) {
            return String.format(Locale.ROOT, "%s is not a folder", folder);
        }
        if (e instanceof AccessDeniedException) {
            return String.format(Locale.ROOT, "no permission to write in %s", folder);
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    /** Lets a body wrap the stream (gzip, data output) and close its wrapper before the sync. */
    private static final class Unclosable extends OutputStream {
        private final OutputStream out;

        Unclosable(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
