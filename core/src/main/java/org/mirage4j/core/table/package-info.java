/**
 * Tables of text: readers of CSV files, and schemas that say what each column holds, whoever learns from it.
 */
@NullMarked
package org.mirage4j.core.table;

import org.jspecify.annotations.NullMarked;
