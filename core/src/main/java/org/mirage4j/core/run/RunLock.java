package org.mirage4j.core.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a folder for one writer, among all processes of the machine and all users of this class in one process. The
 * operating system gives the lock back when the process ends, however it ends; the empty file {@value #FILE} stays.
 * Readers need no lock, because files are replaced whole.
 */
final class RunLock implements AutoCloseable {
    static final String FILE = ".lock";

    private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock, and creates the folder where it is missing. A file system that has no locks gives a warning, and
     * nobody is kept out.
     *
     * @throws RunException if someone else has the lock, or the file cannot be created
     */
    static RunLock acquire(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel, folder)) {
                channel.close();
                throw inUse(folder);
            }
            return new RunLock(channel);
        } catch (IOException e) {
            throw new RunException("cannot write in the folder " + folder + ": " + Reason.of(e), e);
        }
    }

    private static boolean isLocked(FileChannel channel, Path folder) {
        try {
            FileLock lock = channel.tryLock(); // held until the channel is closed
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            LOG.warn(
                    "The folder {} cannot be locked ({}): make sure that nobody else trains in it",
                    folder,
                    Reason.of(e));
            return true;
        }
    }

    private static RunException inUse(Path folder) {
        return new RunException("folder " + folder
                + " is in use: another process is at work in it; wait for it to end, or choose another folder");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("Cannot close a lock file: {}", Reason.of(e));
        }
    }
}
