/**
 * Runs of classifiers: from options and data to a folder with the model, numbers, charts and a page that
 * shows them.
 */
@NullMarked
package org.mirage4j.classifier.run;

import org.jspecify.annotations.NullMarked;
