// Decision trees: one thread for each event, which goes through all trees.

KERNEL full_tree_sums(
    ARRAY(const float) x, ARRAY(const int) feature, ARRAY(const float) cut, ARRAY(const float) value,
    ARRAY(const double) weights, ARRAY(double) sums, whole events, whole features, whole trees, whole depth,
    whole outputs)
{
    const whole event = thread_number();
    if (event >= events) return;
    const whole inner = ((whole)1 << depth) - 1;
    for (whole tree = 0; tree < trees; ++tree) {
        whole node = 0;
        for (whole level = 0; level < depth; ++level) {
            const whole at = tree * inner + node;
            node = 2 * node + (x[event * features + feature[at]] >= cut[at] ? 2 : 1);
        }
        sums[event * outputs + tree % outputs] += weights[tree] * value[tree * (inner + 1) + node - inner];
    }
}

KERNEL tree_values(
    ARRAY(const float) x, ARRAY(const int) feature, ARRAY(const float) cut, ARRAY(const int) below,
    ARRAY(const float) value, ARRAY(const int) root, ARRAY(const int) depth, ARRAY(float) values, whole events,
    whole features, whole trees)
{
    const whole number = thread_number();
    if (number >= events * trees) return;
    const whole tree = number / events, event = number % events;
    int node = root[tree];
    for (int level = 0; level < depth[tree]; ++level)
        node = below[node] + (x[event * features + feature[node]] >= cut[node] ? 1 : 0);
    values[number] = value[node];
}

KERNEL tree_sums(
    ARRAY(const float) values, ARRAY(const double) weights, ARRAY(double) sums, whole events, whole trees,
    whole outputs)
{
    const whole event = thread_number();
    if (event >= events) return;
    for (whole tree = 0; tree < trees; ++tree)
        sums[event * outputs + tree % outputs] += weights[tree] * values[tree * events + event];
}
