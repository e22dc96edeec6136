package org.mirage4j.core.engine.plan;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.global.dnnl;

/** A layout bound to an address; the address may change between executions. */
final class Memory {
    private final Layout layout;
    private final dnnl_memory handle;
    private final List<Alias> aliases = new ArrayList<>();
    private long address;

    /** Other memory over the same buffer, which moves with it. */
    private record Alias(Memory memory, long offset) {}

    Memory(Layout layout, dnnl_memory handle, long address) {
        this.layout = layout;
        this.handle = handle;
        this.address = address;
    }

    Layout layout() {
        return layout;
    }

    dnnl_memory handle() {
        return handle;
    }

    long address() {
        return address;
    }

    void addAlias(Memory memory, long offset) {
        aliases.add(new Alias(memory, offset));
    }

    void pointTo(long newAddress) {
        if (newAddress != address) {
            Dnnl.check(
                    dnnl.dnnl_memory_set_data_handle(handle, new Dnnl.Address(newAddress)), "point to an input array");
            address = newAddress;
            for (Alias alias : aliases) {
                alias.memory().pointTo(newAddress + alias.offset());
            }
        }
    }
}
