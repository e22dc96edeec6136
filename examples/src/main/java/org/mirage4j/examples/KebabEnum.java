package org.mirage4j.examples;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Spells enum constants as the command line does: {@code SYNTHETIC_DIGITS} is {@code synthetic-digits}.
 * An option names a subclass both as its converter and as its completion candidates.
 */
abstract class KebabEnum<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
    private final List<E> constants;

    KebabEnum(Class<E> type) {
        this.constants = Arrays.asList(type.getEnumConstants());
    }

    static String spell(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public E convert(String value) {
        return constants.stream()
                .filter(constant -> spell(constant).equals(value))
                .findFirst()
                .orElseThrow(() ->
                        new TypeConversionException("found '" + value + "', allowed are " + String.join(", ", this)));
    }

    @Override
    public Iterator<String> iterator() {
        return constants.stream().map(KebabEnum::spell).iterator();
    }
}
