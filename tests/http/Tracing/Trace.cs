using System.Collections.Concurrent;
using System.Diagnostics;

namespace ProxyCluster.Tests.Http.Tracing;

/// <summary>The spans of one request.</summary>
public sealed class Trace
{
    /// <summary>The client's own span, above all others.</summary>
    public const string ClientSpan = "00f067aa0ba902b7";

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Status { get; set; }

    /// <summary>Completes with the span of the whole request.</summary>
    public Task Ended => _ended.Task;

    public IReadOnlyCollection<Activity> All => _spans;

    public Activity Request => Assert.Single(_spans, span => span.Kind == ActivityKind.Server);

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<Activity> Attempts => [.. _spans.Where(span => span.Kind == ActivityKind.Client).OrderBy(span => span.StartTimeUtc)];

    public IReadOnlyList<string> Stages => [.. _spans.Where(span => span.Kind == ActivityKind.Internal).OrderBy(span => span.StartTimeUtc).Select(span => span.DisplayName)];

    /// <summary>Names, attributes and events of all spans as one text.</summary>
    public string Text => string.Join('\n', _spans.Select(span =>
        $"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))} {string.Join(' ', span.Events.Select(e => e.Name))}"));

    public void Add(Activity span)
    {
        _spans.Enqueue(span);
        if (span.Kind == ActivityKind.Server)
        {
            _ended.TrySetResult();
        }
    }
}
