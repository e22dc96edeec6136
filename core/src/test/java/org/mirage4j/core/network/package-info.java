@NullMarked
package org.mirage4j.core.network;

import org.jspecify.annotations.NullMarked;
