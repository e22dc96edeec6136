@NullMarked
package org.mirage4j.core;

import org.jspecify.annotations.NullMarked;
