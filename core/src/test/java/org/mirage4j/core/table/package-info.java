@NullMarked
package org.mirage4j.core.table;

import org.jspecify.annotations.NullMarked;
