using System.Text.Json;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>How subjects stand against their limits, and the lifting of a block.</summary>
internal sealed class LimitAdmin(IGrainFactory grains, SubjectOwners owners, MeasureGuard measures, TimeProvider clock)
{
    private const int LongestSubject = 256;

    /// <summary><c>GET limits/{**subject}</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context, string subject)
    {
        if (Fault(subject) is { } fault)
        {
            return fault;
        }

        var scope = KeyScope.Of(context);
        if (await owners.RelationAsync(scope, subject, context.RequestAborted) == SubjectRelation.Foreign)
        {
            return Foreign(scope, subject);
        }

        var status = await grains.GetGrain<IRateLimiterGrain>(subject).StatusAsync().AsTask().WaitAsync(AdminCalls.Deadline, clock, context.RequestAborted);
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteString("subject"u8, subject);
            json.WriteString("level"u8, LimitKinds.TagOf(LimitSubject.LevelOf(subject)));
            WriteWindows(json, status);
            WriteLeases(json, status);
            json.WriteStartObject("inFlight"u8);
            json.WriteNumber("limit"u8, status.Concurrency);
            json.WriteNumber("promised"u8, status.Slots);
            json.WriteEndObject();
            WriteBlock(json, status);
            json.WriteEndObject();
        });
    }

    /// <summary><c>POST limits/{subject}/unblock</c>, and for subjects with a slash <c>POST limits/unblock/{**subject}</c>.</summary>
    public async Task<IResult> UnblockAsync(HttpContext context, string subject)
    {
        if (Fault(subject) is { } fault)
        {
            return fault;
        }

        var scope = KeyScope.Of(context);
        switch (await owners.RelationAsync(scope, subject, context.RequestAborted))
        {
            case SubjectRelation.Foreign:
                return Foreign(scope, subject);
            case SubjectRelation.Own:
                return Problem.OutOfScope("What bounds yourself is for others to lift.");
        }

        if (!await measures.MayUnblockAsync(scope.Caller, subject, context.RequestAborted))
        {
            return Problem.Akin();
        }

        await grains.GetGrain<IRateLimiterGrain>(subject).UnblockAsync().AsTask().WaitAsync(AdminCalls.Deadline, clock, context.RequestAborted);
        return AdminJson.Empty();
    }

    private static Problem Foreign(KeyScope scope, string subject) =>
        Problem.OutOfScope($"'{subject}' is none of your team '{scope.Team}', whose keys and users are all that you see.");

    private static Problem? Fault(string subject)
    {
        var isSubject = subject.Length <= LongestSubject && subject.IndexOf(':', StringComparison.Ordinal) >= 1 && !subject.AsSpan().ContainsAnyExceptInRange('!', '~');
        return isSubject ? null : Problem.InvalidParameter("A subject has a kind and an id, for example 'key:4fGh2kLmN0pQ', 'user:ada', 'team:research' or 'model:gpt-4o*'.");
    }

    private static void WriteWindows(Utf8JsonWriter json, LimiterStatus status)
    {
        json.WriteStartArray("windows"u8);
        foreach (var window in status.Windows)
        {
            json.WriteStartObject();
            json.WriteString("window"u8, LimitKinds.TagOf(LimitKinds.Of(window.Window)));
            json.WriteNumber("limit"u8, window.Limit);
            json.WriteNumber("used"u8, window.Used);
            json.WriteNumber("remaining"u8, window.Remaining);
            json.WriteNumber("resetSeconds"u8, Seconds(window.Reset));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLeases(Utf8JsonWriter json, LimiterStatus status)
    {
        json.WriteStartArray("leases"u8);
        foreach (var lease in status.Leases)
        {
            json.WriteStartObject();
            json.WriteString("gateway"u8, lease.Gateway);
            json.WriteNumber("tokens"u8, lease.Tokens);
            json.WriteNumber("endsInSeconds"u8, Seconds(lease.EndsIn));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBlock(Utf8JsonWriter json, LimiterStatus status)
    {
        if (status.Block == LimitWindow.None)
        {
            json.WriteNull("block"u8);
            return;
        }

        json.WriteStartObject("block"u8);
        json.WriteString("window"u8, LimitKinds.TagOf(LimitKinds.Of(status.Block)));
        json.WriteNumber("endsInSeconds"u8, Seconds(status.BlockEndsIn));
        json.WriteEndObject();
    }

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
