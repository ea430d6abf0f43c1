using System.IO.Hashing;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Takes changes of the configuration file while the process runs. A bad file changes nothing.</summary>
/// <remarks>
/// The file's content is looked at, never its time: Kubernetes swaps a link to a directory, editors write a new file
/// over the old one, and some file systems tell nobody. Notices of the file system only make it faster.
/// </remarks>
internal sealed partial class ConfigurationReload(
    ConfigurationReader reader,
    ConfigurationInForce inForce,
    TimeProvider clock,
    ILogger<ConfigurationReload> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // Writers that write in steps are given time to finish.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _noticed = new(0, 1);
    private ulong _seen = Hash(reader.File);

    /// <summary>Whether the last file that was read is in force; not so while the file is bad.</summary>
    public bool IsFileInForce { get; private set; } = true;

    public override void Dispose()
    {
        _noticed.Dispose();
        base.Dispose();
    }

    /// <summary>Looks at the file once, and takes it if it is new and good.</summary>
    public void Check()
    {
        var content = Hash(reader.File);
        if (content == _seen)
        {
            return;
        }

        _seen = content;
        var before = inForce.CurrentValue;
        var wanted = reader.Read();
        var reading = reader.Read(before);
        IsFileInForce = reading.Faults.Count == 0;
        if (!IsFileInForce)
        {
            LogRefused(logger, ConfigurationStart.Describe(reader, reading));
            return;
        }

        inForce.Replace(reading.Options);
        LogTaken(logger, reader.File, reading.Options.ConfigGeneration);
        if (FixedSettings.Changed(before, wanted.Options) is { Count: > 0 } changed)
        {
            LogRestart(logger, string.Join(", ", changed));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watcher = Watch();
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await WaitAsync(stoppingToken))
            {
                await Task.Delay(Settle, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            try
            {
                Check();
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
            }
        }
    }

    private async Task<bool> WaitAsync(CancellationToken stoppingToken)
    {
        using var period = new CancellationTokenSource(Period, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(period.Token, stoppingToken);
        try
        {
            await _noticed.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private FileSystemWatcher? Watch()
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(reader.File)!) { IncludeSubdirectories = false };
            watcher.Changed += (_, _) => Notice();
            watcher.Created += (_, _) => Notice();
            watcher.Renamed += (_, _) => Notice();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            LogPolling(logger, exception.Message, Period.TotalSeconds);
            return null;
        }
    }

    private void Notice()
    {
        try
        {
            _noticed.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // It is noticed already, or nobody looks any more.
        }
    }

    private static ulong Hash(string file)
    {
        try
        {
            return XxHash64.HashToUInt64(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LoggerMessage(LogLevel.Information, "Took the changed configuration {File}, generation {Generation}")]
    private static partial void LogTaken(ILogger logger, string file, long generation);

    [LoggerMessage(LogLevel.Error, "Refused the changed configuration; the former one stays in force. {Faults}")]
    private static partial void LogRefused(ILogger logger, string faults);

    [LoggerMessage(LogLevel.Warning, "These settings have changed and need a restart: {Settings}")]
    private static partial void LogRestart(ILogger logger, string settings);

    [LoggerMessage(LogLevel.Warning, "The file system gives no notice of changes ({Reason}): the file is looked at each {Seconds} s")]
    private static partial void LogPolling(ILogger logger, string reason, double seconds);

    [LoggerMessage(LogLevel.Error, "The configuration could not be looked at")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
