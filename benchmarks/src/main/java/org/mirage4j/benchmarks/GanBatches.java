package org.mirage4j.benchmarks;

/** What adversarial workloads read: images in [-1, 1] and latent vectors. */
final class GanBatches {
    private GanBatches() {}

    static int size(Workload workload) {
        return workload instanceof Workload.ImageGan gan ? gan.batch() : ((Workload.DenseGan) workload).batch();
    }

    static Rotation real(Workload workload) {
        return workload instanceof Workload.ImageGan gan
                ? Rotation.uniform(-1, 1, gan.batch(), 1, gan.side(), gan.side())
                : Rotation.uniform(-1, 1, size(workload), Workload.PIXELS);
    }

    static Rotation latent(Workload workload) {
        return Rotation.gaussian(size(workload), Workload.LATENT);
    }
}
