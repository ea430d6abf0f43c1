using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Lets the configured model write the summaries of topics, beside each other and within one deadline. Where there is no
/// model, or it fails, there is no summary: sentences are then chosen in its place.
/// </summary>
internal sealed class SummaryWriter(IOptionsMonitor<ProxyClusterOptions> options, SummaryCall call, CondensationMetrics metrics, TimeProvider clock)
{
    // More would be more calls than a conversation is worth; the others' sentences are chosen.
    private const int MostTopics = 8;

    /// <summary>Has summaries written.</summary>
    /// <param name="exchange">The request that they are for: its caller pays.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="topics">What is to be summarised.</param>
    /// <param name="words">What is known of languages, to hold the summaries against what they stand for.</param>
    /// <returns>One for each topic, without text where there is none; empty: there are none at all.</returns>
    public async ValueTask<IReadOnlyList<SummaryAnswer>> WriteAsync(Exchange exchange, IReadOnlyList<ConversationMessage> messages, ImmutableArray<Topic> topics, CondensationWords words)
    {
        var settings = options.CurrentValue.Condensation;
        if (settings.SummaryModel is not { } model || topics.IsEmpty)
        {
            return [];
        }

        var limit = TimeSpan.FromMilliseconds(settings.SummaryTimeLimitMs);
        var left = exchange.Left / 2 < limit ? exchange.Left / 2 : limit;
        using var over = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(over.Token, exchange.Context.RequestAborted);
        var chosen = topics.Select(static (topic, i) => (Topic: topic, Index: i)).OrderByDescending(static one => one.Topic.Allowance).Take(MostTopics).ToList();
        var written = await Task.WhenAll(chosen.Select(one => WriteAsync(exchange, SummaryPrompt.Write(model, messages, one.Topic), model, SourceOf(messages, one.Topic), words, left, ended.Token)));
        exchange.Context.RequestAborted.ThrowIfCancellationRequested();
        var summaries = new SummaryAnswer[topics.Length];
        for (var i = 0; i < chosen.Count; i++)
        {
            summaries[chosen[i].Index] = written[i];
        }

        return summaries;
    }

    // All that the model was told: who said it, too.
    private static string SourceOf(IReadOnlyList<ConversationMessage> messages, Topic topic) =>
        string.Join('\n', topic.Messages.Select(index =>
            $"{(messages[index].Name is { } name ? $"{name}: " : "")}{messages[index].Text} {LeftOut.Named(messages[index].Images, messages[index].Files)}"));

    private async Task<SummaryAnswer> WriteAsync(
        Exchange exchange, ReadOnlyMemory<byte> prompt, string model, string source, CondensationWords words, TimeSpan limit, CancellationToken ended)
    {
        var answer = await call.AskAsync(exchange, prompt, model, limit, ended);
        if (answer.Text is { } text)
        {
            var outcome = OutcomeOf(text, source, words, ended);
            answer = outcome == SummaryOutcome.Written ? answer : answer with { Text = null, Outcome = outcome };
        }

        metrics.Summarised(answer.Outcome);
        return answer;
    }

    private static SummaryOutcome OutcomeOf(string text, string source, CondensationWords words, CancellationToken ended)
    {
        try
        {
            return SummaryCheck.IsUsable(text, source, words, ended) ? SummaryOutcome.Written : SummaryOutcome.Unusable;
        }
        catch (OperationCanceledException)
        {
            return SummaryOutcome.TimedOut;
        }
    }
}
