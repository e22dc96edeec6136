@NullMarked
package org.mirage4j.classifier.dropout;

import org.jspecify.annotations.NullMarked;
