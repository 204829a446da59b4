package cutaway.lab.task;

/// Tokens that stand for the corners of a parallelogram: `b - a = d - c`, as a task means them.
public record Parallelogram(int a, int b, int c, int d) {}
