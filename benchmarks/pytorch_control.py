"""D4PG and CURL for pytorch_update.py, with continuous actions: plain modules of torch.nn.

Layers, sizes, losses and optimizers are those of Reverie at the same settings. Parts whose names begin with slow follow
those without, and are used without gradients.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

import pytorch_steps as steps
from pytorch_pictures import ACTIVATIONS
from pytorch_steps import adam, finite, follow, learned, step

class Convolutions(nn.Sequential):
    """Kernels of 3, a stride of 2 first: bytes to maps."""

    def __init__(self, o, layers, height, width):
        parts = []
        for i in range(layers):
            inputs, stride = (o.depth, 1) if i else (o.channels, 2)
            parts += [nn.Conv2d(inputs, o.depth, 3, stride), ACTIVATIONS[o.cnn_activation]()]
        super().__init__(*parts, nn.Flatten())
        self.size = o.depth * math.prod((side - 3) // 2 + 1 - 2 * (layers - 1) for side in (height, width))

    def forward(self, image):
        return super().forward(image.float() / 255 - 0.5)


class LayerNorm(nn.LayerNorm):
    """In float32, whatever the layer before it gives."""

    def forward(self, x):
        return super().forward(x.float())


def head(inputs, outputs, squashed):
    return nn.Sequential(nn.Linear(inputs, outputs), LayerNorm(outputs), *([nn.Tanh()] if squashed else []))


def net(inputs, widths, outputs, o):
    """Dense layers; with a first norm a layer norm and tanh come after the first and ELU after the others."""
    parts = []
    for i, units in enumerate(widths):
        parts.append(nn.Linear(inputs, units))
        if o.first_norm:
            parts += [LayerNorm(units), nn.Tanh()] if i == 0 else [nn.ELU()]
        else:
            parts.append(ACTIVATIONS[o.activation]())
        inputs = units
    return nn.Sequential(*parts, nn.Linear(inputs, outputs))


class ActionCritic(nn.Module):
    """Features and action side by side, or the action at the second layer."""

    def __init__(self, features, outputs, action_first, o):
        super().__init__()
        widths, self.first = o.critic_widths, None
        if not action_first:
            self.first = nn.Sequential(nn.Linear(features, widths[0]), ACTIVATIONS[o.activation]())
            features, widths = widths[0], widths[1:]
        self.net = net(features + o.actions, widths, outputs, o)

    def forward(self, features, action):
        return self.net(torch.cat([features if self.first is None else self.first(features), action], -1))


class Clipped(torch.autograd.Function):
    """An action as it is, whose gradient is kept within 1, by its norm or each entry by itself, and then weighed."""

    @staticmethod
    def forward(ctx, action, weight, how):
        ctx.save_for_backward(weight)
        ctx.how = how
        return action.view_as(action)

    @staticmethod
    def backward(ctx, ascent):
        if ctx.how == "norm":
            ascent = ascent / ascent.norm(dim=-1, keepdim=True).clamp(min=1)
        elif ctx.how == "entries":
            ascent = ascent.clamp(-1, 1)
        return ascent * ctx.saved_tensors[0], None, None


class Encoder(nn.Module):
    """What D4PG sees: vectors as they are, and features of pictures before them."""

    def __init__(self, o):
        super().__init__()
        self.convolutions = Convolutions(o, 2, o.height, o.width)
        self.head = head(self.convolutions.size, o.picture_units, squashed=True)

    def forward(self, image):
        return self.head(self.convolutions(image)).float()


class D4pg:
    @staticmethod
    def make_parts(o):
        features = o.vector + (o.picture_units if o.channels else 0)
        parts = {}
        for name in ["", "slow_"]:
            parts[name + "actor"] = net(features, o.actor_widths, o.actions, o)
            parts[name + "critic"] = ActionCritic(features, o.atoms, bool(o.first_norm), o)
            if o.channels:
                parts[name + "encoder"] = Encoder(o)
        return parts

    @staticmethod
    def make_batch(o):
        seen = []
        for _ in range(2):
            seen += [steps.pictures(o.batch, o) if o.channels else torch.zeros(0), torch.randn(o.batch, o.vector)]
        return [*seen, steps.actions(o.batch, o=o), torch.rand(o.batch),
                torch.full((o.batch,), o.discount ** (o.length - 1)), torch.ones(o.batch)]

    @staticmethod
    def make_optimizers(parts, o):
        return {"actor": adam(learned(parts["actor"]), o.actor_rate, o),
                "critic": adam(D4pg.judging(parts), o.critic_rate, o)}

    @staticmethod
    def judging(parts):
        return learned(parts["critic"]) + (learned(parts["encoder"]) if "encoder" in parts else [])

    @staticmethod
    def see(encoder, image, vector, o):
        if encoder is None:
            return vector
        return torch.cat([encoder(image), vector], -1) if o.vector else encoder(image)

    @staticmethod
    def losses(parts, batch, o):
        image, vector, image_then, vector_then, action, returned, discount, weight = batch
        atoms = torch.linspace(-o.support, o.support, o.atoms, device=action.device)
        features = D4pg.see(parts.get("encoder"), image, vector, o)
        with torch.no_grad():
            state = D4pg.see(parts.get("slow_encoder"), image_then, vector_then, o)
            after = torch.softmax(parts["slow_critic"](state, torch.tanh(parts["slow_actor"](state))).float(), -1)
            target = project(after, returned, discount, atoms)
        log = torch.log_softmax(parts["critic"](features, action).float(), -1)
        each = -(target * log).sum(-1)
        chosen = torch.tanh(parts["actor"](features.detach()).float())
        chosen = Clipped.apply(chosen, (weight / o.batch).unsqueeze(-1), o.action_gradient)
        value = (torch.softmax(parts["critic"](features.detach(), chosen).float(), -1) * atoms).sum(-1)
        return {"critic": (each * weight).mean(), "actor": -value.sum(), "priorities": each.detach()}

    @staticmethod
    def update(parts, optimizers, batch, work, o):
        losses = work(parts, batch)
        of_actor = torch.autograd.grad(losses["actor"], learned(parts["actor"]), retain_graph=True)
        of_critic = torch.autograd.grad(losses["critic"], D4pg.judging(parts))
        step(optimizers["actor"], learned(parts["actor"]), of_actor, o)
        step(optimizers["critic"], D4pg.judging(parts), of_critic, o)
        o.updates += 1
        if o.updates % o.slow_every == 0:
            for name in ("actor", "critic", "encoder"):
                if name in parts:
                    follow(parts["slow_" + name], parts[name], o.slow_fraction)
        finite(losses)


def project(p, returned, discount, atoms):
    """The distribution of R + d Z, put onto the atoms."""
    place = (returned.unsqueeze(-1) + discount.unsqueeze(-1) * atoms).clamp(atoms[0], atoms[-1])
    place = (place - atoms[0]) / (atoms[1] - atoms[0])
    below = place.floor().clamp(0, len(atoms) - 2)
    upper, index = place - below, below.long()
    return torch.zeros_like(p).scatter_add(-1, index, p * (1 - upper)).scatter_add(-1, index + 1, p * upper)


class Temperature(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.logarithm = nn.Parameter(torch.tensor(math.log(o.temperature)))

    def forward(self):
        return self.logarithm.exp()


class Scores(nn.Module):
    """q W k, of which each row's largest is taken away."""

    def __init__(self, o):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(o.picture_units, o.picture_units))

    def forward(self, queries, keys):
        scores = (queries @ self.weight @ keys.t()).float()
        return scores - scores.detach().amax(-1, keepdim=True)


class Curl:
    SEEING = ("convolutions", "head")
    CRITICAL, CONTRASTIVE, ACTING = SEEING + ("critic_1", "critic_2"), SEEING + ("scores",), ("actor", "actor_head")

    @staticmethod
    def make_parts(o):
        parts = {}
        for name in ["", "slow_"]:
            parts[name + "convolutions"] = Convolutions(o, 4, o.crop, o.crop)
            size = parts[name + "convolutions"].size
            parts[name + "head"] = head(size, o.picture_units, squashed=False)
            for i in "12":
                parts[name + "critic_" + i] = ActionCritic(o.picture_units, 1, True, o)
        parts["actor_head"] = head(size, o.picture_units, squashed=False)
        parts["actor"] = net(o.picture_units, o.actor_widths, 2 * o.actions, o)
        return {**parts, "temperature": Temperature(o), "scores": Scores(o)}

    @staticmethod
    def make_batch(o):
        return [steps.pictures(o.batch, o), steps.pictures(o.batch, o), steps.actions(o.batch, o=o),
                torch.rand(o.batch), torch.full((o.batch,), o.discount), torch.ones(o.batch)]

    @staticmethod
    def all_of(parts, names):
        return [parameter for name in names for parameter in learned(parts[name])]

    @staticmethod
    def make_optimizers(parts, o):
        return {"critic": adam(Curl.all_of(parts, Curl.CRITICAL), o.critic_rate, o),
                "contrast": adam(Curl.all_of(parts, Curl.CONTRASTIVE), o.learning_rate, o),
                "actor": adam(Curl.all_of(parts, Curl.ACTING), o.actor_rate, o),
                "temperature": adam(learned(parts["temperature"]), o.temperature_rate, o, betas=(0.5, 0.999))}

    @staticmethod
    def crops(pictures, side):
        """Squares, each at a place of its own."""
        places = zip(torch.randint(pictures.shape[2] - side + 1, (len(pictures),)).tolist(),
                     torch.randint(pictures.shape[3] - side + 1, (len(pictures),)).tolist())
        return torch.stack([one[:, y:y + side, x:x + side] for one, (y, x) in zip(pictures, places)])

    @staticmethod
    def draw(parts, maps):
        """Actions and their log-probabilities."""
        mean, raw = parts["actor"](parts["actor_head"](maps)).float().chunk(2, -1)
        log_std = 6 * (torch.tanh(raw) + 1) - 10
        noise = torch.randn_like(mean)
        u = mean + log_std.exp() * noise
        log = -0.5 * noise ** 2 - log_std - 0.5 * math.log(2 * math.pi) - 2 * (math.log(2) - u - F.softplus(-2 * u))
        return torch.tanh(u), log.sum(-1)

    @staticmethod
    def least(parts, name, features, action):
        one, two = (parts[name + i](features, action).squeeze(-1).float() for i in "12")
        return torch.minimum(one, two)

    @staticmethod
    def losses(parts, batch, o):
        seen, key, then, action, reward, discount, weight, acts = batch
        maps = parts["convolutions"](seen)
        features = parts["head"](maps)
        with torch.no_grad():
            after, log = Curl.draw(parts, parts["convolutions"](then))
            state = parts["slow_head"](parts["slow_convolutions"](then))
            value = Curl.least(parts, "slow_critic_", state, after) - parts["temperature"]() * log
            target = reward + discount * value
            keys = parts["slow_head"](parts["slow_convolutions"](key))
        if o.bf16 and not o.compile:
            torch.clear_autocast_cache()                    # of weights that were converted without gradients
        each = sum((parts["critic_" + i](features, action).squeeze(-1).float() - target) ** 2 for i in "12")
        scores = parts["scores"](features, keys)
        found = {"critic": (each * weight).mean(),
                 "contrast": F.cross_entropy(scores, torch.arange(len(scores), device=scores.device)),
                 "priorities": each.detach()}
        if acts:
            alpha = parts["temperature"]()
            chosen, log = Curl.draw(parts, maps.detach())
            value = Curl.least(parts, "critic_", features.detach(), chosen)
            found["actor"] = ((alpha.detach() * log - value) * weight).mean()
            found["temperature"] = (alpha * (o.actions - log).detach()).mean()
        return found

    @staticmethod
    def update(parts, optimizers, batch, work, o):
        before, then, *rest = batch
        acts = o.updates % o.slow_every == 0
        o.updates += 1
        seen, key, after = (Curl.crops(pictures, o.crop) for pictures in (before, before, then))
        losses = work(parts, [seen, key, after, *rest, acts])
        moved = {"critic": Curl.CRITICAL, "contrast": Curl.CONTRASTIVE}
        if acts:
            moved.update(actor=Curl.ACTING, temperature=("temperature",))
        gradients = {name: torch.autograd.grad(losses[name], Curl.all_of(parts, names), retain_graph=True)
                     for name, names in moved.items()}
        for name, names in moved.items():
            step(optimizers[name], Curl.all_of(parts, names), gradients[name], o)
        if acts:
            for name in Curl.CRITICAL:
                fraction = o.seeing_fraction if name in Curl.SEEING else o.slow_fraction
                follow(parts["slow_" + name], parts[name], fraction)
        finite(losses)
