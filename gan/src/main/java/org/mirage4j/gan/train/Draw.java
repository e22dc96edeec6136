package org.mirage4j.gan.train;

import org.mirage4j.core.random.RandomStreams;

/**
 * Where one discriminator step takes its random numbers from.
 *
 * @param streams the run's streams
 * @param purpose what the step is for, part of the streams' names
 * @param index the step within its purpose
 */
record Draw(RandomStreams streams, String purpose, long index) {
    long maskKey(Discriminator player) {
        return streams.key(purpose + "-mask-" + player.index(), index);
    }

    String stream(String name) {
        return purpose + '-' + name;
    }
}
