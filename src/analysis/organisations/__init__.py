"""Who received the money: a register of organisations, their legal forms, and matching by name."""
