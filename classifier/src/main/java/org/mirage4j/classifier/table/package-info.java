/**
 * Classifiers of CSV files: columns become numbers in a way learned from the training rows and stored with
 * the model, and predictions go back to CSV with a flag for what a person should look at.
 */
@NullMarked
package org.mirage4j.classifier.table;

import org.jspecify.annotations.NullMarked;
