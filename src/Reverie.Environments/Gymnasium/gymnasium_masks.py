"""What may be chosen next: `action_mask`, in an environment's info or among what it observes.

Put between gymnasium_values.py and gymnasium_child.py.
"""
MASK = "action_mask"


class Mask:
    """Which choices are allowed, an entry for each of the action: 1 where it is, and wherever there is no choice."""

    def __init__(self, space, observed):
        """Of a space of actions, and of what is observed."""
        self.space, self.groups = space, groups_of(space)
        chosen = [np.full(group.get("choices") or len(group["low"]), "choices" in group) for group in self.groups]
        self.chosen = np.concatenate(chosen)
        self.starts = np.cumsum([0] + [len(group) for group in chosen])
        shape = observed.spaces[MASK].shape if isinstance(observed, spaces.Dict) and MASK in observed.spaces else None
        self.observed = shape is not None and bool(np.prod(shape, dtype=int) == self.chosen.sum() > 0)
        self.wants_info = bool(self.chosen.any()) and not self.observed
        self.told = self.observed

    def write(self, observation, info, over, out):
        """Where nothing follows, a choice of which nothing is allowed is as good as any."""
        there = observation if self.observed else info
        if MASK not in there and not over:
            raise ValueError(f"there is no {MASK} in its info, where there was one at the first reset; "
                             "None allows everything")
        out[:] = self.read(there.get(MASK))
        for start, end in zip(self.starts, self.starts[1:]):
            if over and not out[start:end].any():
                out[start:end] = 1

    def read(self, mask):
        parts = [] if mask is None or isinstance(mask, dict) else leaves(mask)
        if len(parts) != 1 or parts[0].size != self.chosen.sum():
            return allowed(self.space, mask)
        whole = np.ones(len(self.chosen), np.uint8)
        whole[self.chosen] = bits(parts[0])
        return whole

    def demand_none(self, info):
        if self.wants_info and MASK in info:
            raise ValueError(f"there is an {MASK} in its info, where there was none at the first reset; from there on it "
                             "must be told, and None allows everything")


def allowed(space, mask):
    """From a mask as the space's own `sample` takes it; None allows all."""
    if isinstance(space, spaces.Dict):
        return np.concatenate([allowed(inner, part_of(mask, key)) for key, inner in space.spaces.items()])
    if isinstance(space, spaces.Tuple):
        return np.concatenate([allowed(inner, part_of(mask, place)) for place, inner in enumerate(space.spaces)])
    counts = [group.get("choices") or len(group["low"]) for group in groups_of(space)]
    if mask is None or isinstance(space, spaces.Box):
        return np.ones(sum(counts), np.uint8)
    parts = leaves(mask)
    if isinstance(space, spaces.MultiBinary) and len(parts) == 1 and parts[0].size == len(counts):
        either = bits(parts[0], most=2)         # 0 and 1 are the bit itself, 2 is any
        return np.stack([either != 1, either != 0], axis=-1).ravel()
    sizes = [part.size for part in parts]
    if sizes not in (counts, [sum(counts)]):
        raise ValueError(f"{MASK} with {sizes} entries where {counts} choices are")
    return bits(np.concatenate(parts))


def part_of(mask, key):
    if mask is None or isinstance(mask, dict):
        return (mask or {}).get(key)
    if isinstance(mask, (tuple, list)) and isinstance(key, int) and key < len(mask):
        return mask[key]
    raise ValueError(f"{MASK} is {plain(repr(mask))}, which has no part {key}")


def leaves(mask):
    """Arrays, the innermost ones of a tuple."""
    if isinstance(mask, (tuple, list)) and any(isinstance(one, (tuple, list, np.ndarray)) for one in mask):
        return [leaf for one in mask for leaf in leaves(one)]
    return [np.ravel(np.asarray(mask))]


def bits(mask, most=1):
    if mask.dtype.kind not in "biuf" or not np.isin(mask, range(most + 1)).all():
        raise ValueError(f"{MASK} is {plain(mask)}, where {', '.join(map(str, range(most)))} or {most} is due")
    return mask.astype(np.uint8)
