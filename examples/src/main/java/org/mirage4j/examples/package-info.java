/**
 * The command line: one class per command, and what they share: how errors become one sentence and an exit
 * code, how options are spelled, how progress is shown.
 */
@NullMarked
package org.mirage4j.examples;

import org.jspecify.annotations.NullMarked;
