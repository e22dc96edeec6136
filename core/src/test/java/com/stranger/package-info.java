/**
 * Classes that are on the class path of a program but no part of it. A model file that names one must not get it to
 * run.
 */
@NullMarked
package com.stranger;

import org.jspecify.annotations.NullMarked;
