@NullMarked
package org.mirage4j.classifier.table;

import org.jspecify.annotations.NullMarked;
