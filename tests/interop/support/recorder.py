"""The client and the key pair of `soma_sdk`, with a record of which methods have done their work.

A method counts once it has returned. One that only ever raised is not tested.
"""

import functools
import inspect

import soma_sdk

DONE = set()


def public_methods():
    """Every public method of the package's classes, as `Class.method`, found by looking."""
    found = set()
    for class_name in soma_sdk.__all__:
        if inspect.isclass(thing := getattr(soma_sdk, class_name)):
            names = (name for name in dir(thing) if not name.startswith("_"))
            found.update(f"{class_name}.{name}" for name in names)
    return found


def _real(value):
    return value.real if isinstance(value, Keypair) else value


def _recorded(label, method):
    @functools.wraps(method)
    def call(*arguments, **named):
        answer = method(*map(_real, arguments), **{key: _real(it) for key, it in named.items()})
        DONE.add(label)
        return answer

    return call


def _recorded_async(label, method):
    @functools.wraps(method)
    async def call(*arguments, **named):
        # Some of the package's methods raise before there is anything to await.
        answer = await method(
            *map(_real, arguments), **{key: _real(it) for key, it in named.items()}
        )
        DONE.add(label)
        return answer

    return call


class _StaticKeypair(type):
    def __getattr__(cls, name):
        make = _recorded(f"Keypair.{name}", getattr(soma_sdk.Keypair, name))
        return lambda *arguments: Keypair(make(*arguments))


class Keypair(metaclass=_StaticKeypair):
    """`soma_sdk.Keypair`: its constructors on the class, its methods on what they make."""

    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        return _recorded(f"Keypair.{name}", getattr(self.real, name))


class _StaticClient(type):
    def __getattr__(cls, name):
        return _recorded(f"SomaClient.{name}", getattr(soma_sdk.SomaClient, name))


class SomaClient(metaclass=_StaticClient):
    """`soma_sdk.SomaClient`: its static methods on the class, the others on a connected client."""

    def __init__(self, real):
        self.real = real

    @classmethod
    async def connect(cls, *arguments, **named):
        """Awaits the real constructor."""
        return cls(await soma_sdk.SomaClient(*arguments, **named))

    def __getattr__(self, name):
        return _recorded_async(f"SomaClient.{name}", getattr(self.real, name))
