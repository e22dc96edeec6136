/**
 * Files from strangers: every reader of the library is fed damaged and malicious ones. Each either reads or refuses
 * with an exception of its own and one sentence, within memory that the file's real size bounds.
 */
@NullMarked
package org.mirage4j.examples.hostile;

import org.jspecify.annotations.NullMarked;
