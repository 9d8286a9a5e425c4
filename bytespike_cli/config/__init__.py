"""Settings, keys and groups: model, store, secret backends, precedence with origin."""
