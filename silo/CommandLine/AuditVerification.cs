using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>Reads a log record by record, from wherever it is, and holds it against its chain and its anchors.</summary>
internal static class AuditVerification
{
    public static async Task<AuditVerdict> RunAsync(AuditRequest request, CancellationToken cancellationToken)
    {
        if (request is { File: not null, Url: not null })
        {
            throw new UsageFault("--file and --url exclude each other.");
        }

        var anchors = ReadAnchors(request);
        if (request.File is null && request.Url is null)
        {
            return await ClusterVisit.RunAsync(
                request.Settings, static _ => { }, services => FromStoreAsync(services, request, anchors, cancellationToken), cancellationToken);
        }

        var configuration = ConfigurationStart.Read(request.Settings, ProgramKind.Silo);
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(TimeProvider.System);
        services.AddConfiguration(configuration);
        await using var provider = services.BuildServiceProvider();
        var lines = request.File is { } file ? AuditSource.OfFile(file) : AuditSource.OfGatewayAsync(request, cancellationToken);
        return await CheckAsync(provider, request, anchors, lines);
    }

    private static async Task<AuditVerdict> FromStoreAsync(
        IServiceProvider services, AuditRequest request, IReadOnlyList<AuditAnchor> anchors, CancellationToken cancellationToken) =>
        await CheckAsync(services, request, anchors, AuditSource.OfStoreAsync(services, request, cancellationToken));

    private static async Task<AuditVerdict> CheckAsync(
        IServiceProvider services, AuditRequest request, IReadOnlyList<AuditAnchor> anchors, IAsyncEnumerable<string> lines)
    {
        var options = services.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>().CurrentValue;
        var keys = AuditKeySource.Read(
            options, services.GetRequiredService<ISecretResolver>(), ActivatorUtilities.CreateInstance<PepperSource>(services));
        var log = AuditLogs.Of(options.Region, request.Log);
        var verifier = new AuditVerifier(log, keys, anchors.Where(anchor => request.To is null || anchor.Seq <= request.To));
        AuditFault? fault = null;
        await foreach (var line in lines)
        {
            if (request.To is { } to && verifier.Tail?.Seq >= to)
            {
                break;
            }

            if ((fault = verifier.Check(line)) is not null)
            {
                break;
            }
        }

        fault ??= verifier.Finish(fromItsBeginning: request.From is null, toItsEnd: true);
        return new(log, verifier, keys.IsSecret, anchors.Count, fault);
    }

    private static List<AuditAnchor> ReadAnchors(AuditRequest request)
    {
        if (request.Anchors is not { } place)
        {
            return [];
        }

        using var key = request.AnchorKey is null ? null : ECDsa.Create();
        key?.ImportFromPem(File.ReadAllText(request.AnchorKey!));
        var files = Directory.Exists(place) ? Directory.GetFiles(place, "*.jsonl") : [place];
        var anchors = new List<AuditAnchor>();
        foreach (var line in files.Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Where(line => line.Length > 0))
        {
            if (!AuditAnchor.TryRead(line, out var anchor))
            {
                throw new StartFault($"{place} holds a line that is no anchor.");
            }

            if (key is not null && !anchor.IsSignedBy(key))
            {
                throw new StartFault(string.Create(CultureInfo.InvariantCulture, $"{place} holds an anchor of record {anchor.Seq} that is not signed by the key of --anchor-key."));
            }

            anchors.Add(anchor);
        }

        return anchors;
    }
}

/// <summary>What a verification found.</summary>
/// <param name="Log">The log's full name.</param>
/// <param name="Verifier">Has seen the log.</param>
/// <param name="IsSealed">Whether there is a secret.</param>
/// <param name="Anchors">Anchors that were given.</param>
/// <param name="Fault">What is wrong; <see langword="null"/>: nothing.</param>
internal sealed record AuditVerdict(string Log, AuditVerifier Verifier, bool IsSealed, int Anchors, AuditFault? Fault)
{
    /// <summary>For people: one sentence, and what it does not prove.</summary>
    public string Describe()
    {
        if (Fault is { } fault)
        {
            return string.Create(CultureInfo.InvariantCulture, $"The audit log {Log} is not intact. First bad record: {fault.Seq}: {fault.Reason}.");
        }

        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"The audit log {Log} is intact: {Verifier.Checked} records up to {Verifier.Tail?.Seq ?? 0}, {Verifier.AnchorsHeld} anchors held.");
        if (Verifier.BeginsUnproven)
        {
            text += " The first record could not be checked: what was before it is not there.";
        }

        if (!IsSealed)
        {
            text += " It is sealed without a secret: anyone could have written it anew.";
        }

        return Anchors > 0 ? text : text + " Without anchors nothing shows whether its end is missing, or was written anew by someone with the secret.";
    }
}
