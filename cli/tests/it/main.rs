//! The program, against an emulator.
