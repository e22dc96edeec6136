@NullMarked
package org.mirage4j.classifier.run;

import org.jspecify.annotations.NullMarked;
