using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Loads tokenizers before they are first counted with, and has compiled what counting runs through: that takes a processor
/// tenths of a second, which no conversation's time limit is to pay for. Where conversations are condensed by themselves, the one that nearly all models are counted with is loaded at the start.
/// </summary>
internal sealed class TokenizerLoads(IOptionsMonitor<ProxyClusterOptions> options) : IHostedService
{
    private const int SampleTokens = 60;

    private readonly ConcurrentDictionary<TokenCounter, Task> _loads = new();

    /// <summary>Ends when a tokenizer can count at once.</summary>
    public Task LoadAsync(TokenCounter counter) => _loads.TryGetValue(counter, out var load) ? load : _loads.GetOrAdd(counter, static one => Task.Run(() => Use(one)));

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Nobody waits for it: a request that comes sooner does.
        if (new CondensationPolicy(options.CurrentValue.Condensation).IsEverAutomatic)
        {
            _ = LoadAsync(TokenCounters.O200k);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // What it runs through is compiled then, too.
    private static void Use(TokenCounter counter)
    {
        var messages = Enumerable.Range(0, 12).Select(static i => new ConversationMessage
        {
            Role = i % 2 == 0 ? MessageRole.User : MessageRole.Assistant,
            Text = $"Wörter und Zahlen, Nr. {i}: what was decided on day {i}?",
        }).ToList();
        Condenser.Condense(messages, new CondensationRequest { Budget = SampleTokens, Counter = counter });
    }
}
