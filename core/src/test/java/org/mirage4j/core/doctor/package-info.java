@NullMarked
package org.mirage4j.core.doctor;

import org.jspecify.annotations.NullMarked;
