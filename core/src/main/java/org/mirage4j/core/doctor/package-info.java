/**
 * The doctor: gathers what the machine and the class path offer and judges it, finding by finding, with
 * what to do about each. Gathering touches the world, judging is a pure function.
 */
@NullMarked
package org.mirage4j.core.doctor;

import org.jspecify.annotations.NullMarked;
