using Microsoft.Extensions.Options;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Answers <c>POST /v1/context/condense</c>: a conversation that fits a budget, and what became of each message.</summary>
internal sealed class CondenseEndpoint(IOptionsMonitor<ProxyClusterOptions> options, CondensationRun run, CondensationMetrics metrics)
{
    private KnownWords? _known;

    /// <summary>Condenses.</summary>
    /// <param name="exchange">The request, read and admitted.</param>
    /// <param name="snapshot">Tells which tokenizer a model's name stands for.</param>
    public async ValueTask<AttemptResult> ServeAsync(Exchange exchange, RoutingSnapshot snapshot)
    {
        var request = exchange.Request!;
        var settings = options.CurrentValue.Condensation;
        if (request.Body.Length > settings.MaxBodyBytes)
        {
            return Refused(Refusals.TooLarge(settings.MaxBodyBytes));
        }

        if (JsonText.HasHalfPair(request.Body.Span))
        {
            return Refused(Refusals.InvalidJson("The body holds text that is not valid Unicode: half a surrogate pair."));
        }

        var standard = StrategyNames.Find(settings.Strategy) ?? CondensationStrategy.Hybrid;
        if (CondenseParameters.Read(request.Body, standard, out var parameters) is { } unfit)
        {
            return Refused(unfit);
        }

        var (reading, failure) = await run.ReadAsync(exchange, TokensFor(request.Model, snapshot), parameters!.Strategy);
        return failure is not null ? Failed(exchange, failure)
            : reading.Layout is { } layout ? await CondenseAsync(exchange, layout, parameters)
            : Refused(reading.Refusal!);
    }

    private async ValueTask<AttemptResult> CondenseAsync(Exchange exchange, ConversationLayout layout, CondenseParameters asked)
    {
        using var span = GatewayTracing.Stage(GatewayTracing.Condense);
        var report = await run.RunAsync(exchange, layout, new CondensationRequest
        {
            Budget = asked.MaxTokens,
            Counter = layout.Counter,
            Strategy = asked.Strategy,
            Query = asked.Query,
            Words = WordsOf(options.CurrentValue.Condensation),
        }, null);
        if (report.Result is not { } result)
        {
            GatewayTracing.DescribeFailure(span, asked.Strategy, CondensationMetrics.NameOf(report.Failure!.Value));
            return Failed(exchange, report.Failure);
        }

        if (!result.IsUnchanged && result.Least > asked.MaxTokens)
        {
            metrics.TooSmall(asked.Strategy);
            GatewayTracing.DescribeFailure(span, asked.Strategy, CondensationMetrics.BudgetTooSmall);
            return Refused(Refusals.BudgetTooSmall("max_tokens", asked.MaxTokens, result.Least, layout.GuessedTokens > 0));
        }

        if (!result.IsUnchanged)
        {
            var figures = CondensedFigures.Of(asked.Strategy, layout, report, result);
            metrics.Condensed(figures);
            GatewayTracing.DescribeCondensation(span, figures);
            exchange.Condensed = figures;
        }

        var output = exchange.Scratch.Output;
        output.Clear();
        CondenseAnswerWriter.Write(output, exchange.Request!.Model, asked, layout, report, result);
        return new AttemptResult(AttemptOutcome.Succeeded, null, false, default) { Answer = output.WrittenMemory };
    }

    // Made once for each configuration.
    private CondensationWords WordsOf(CondensationOptions settings)
    {
        if (_known is not { } known || !ReferenceEquals(known.Settings, settings))
        {
            _known = known = new KnownWords(settings, CondensationWords.English.With(settings.Words.Values));
        }

        return known.Words;
    }

    // A name that nobody serves here may still be one whose tokenizer is known.
    private static TokenRules TokensFor(string model, RoutingSnapshot snapshot)
    {
        var candidates = snapshot.Index.Resolve(model);
        return TokenRules.For(candidates.State == CandidateState.Found && candidates.Count > 0 ? candidates[0].UpstreamModel : model);
    }

    private static AttemptResult Failed(Exchange exchange, CondensationFailure? failure) => Refused(
        exchange.DeadlinePassed ? Refusals.RequestTimeout()
        : failure == CondensationFailure.TimedOut ? Refusals.CondensationTimeout()
        : Refusals.CondensationFailed());

    private static AttemptResult Refused(Refusal refusal) => new(AttemptOutcome.Rejected, refusal, false, default);

    private sealed record KnownWords(CondensationOptions Settings, CondensationWords Words);
}
