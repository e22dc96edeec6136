package org.mirage4j.core.io;

/** Closes things in the wake of a failure. */
public final class Closing {
    private Closing() {}

    /**
     * Closes all that a failure leaves behind; what goes wrong then is added to the failure, which stays the one to
     * report.
     *
     * @param failure what went wrong first
     * @param resources what nobody else will close
     */
    public static void after(Throwable failure, AutoCloseable... resources) {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception | Error e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                if (e != failure) {
                    failure.addSuppressed(e);
                }
            }
        }
    }
}
