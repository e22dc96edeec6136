@NullMarked
package org.mirage4j.examples;

import org.jspecify.annotations.NullMarked;
