from engagewatch.providers.better_stack.adapter import BetterStack

__all__ = ["BetterStack", "open_adapter"]

open_adapter = BetterStack
