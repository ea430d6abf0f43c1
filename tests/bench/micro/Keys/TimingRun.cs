using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>
/// Whether the time of a refusal tells if a guessed secret begins right (RELIABILITY S15): guesses of a known key's public
/// id whose secret begins as its own does, against guesses that do not, through the whole authenticator, look-up included.
/// Two keys are guessed at, each with the first character of both: so what a guess itself costs, by the character it begins
/// with, is the same on both sides. Welch's t beyond 4.5 would be a leak.
/// </summary>
internal static class TimingRun
{
    private const int WarmUp = 5000;
    private const int Candidates = 50;
    private const double Leak = 4.5;

    // Where the secret begins.
    private const int First = 6 + ApiKeyFormat.PublicIdLength + 1;

    /// <returns>Whether the times tell nothing.</returns>
    public static async Task<bool> RunAsync(int samples, TextWriter output)
    {
        var population = new KeyPopulation(Candidates);
        string[] keys = [KeyPopulation.Key(0), Enumerable.Range(1, Candidates - 1).Select(KeyPopulation.Key).First(key => key[First] != KeyPopulation.Key(0)[First])];
        var directory = Directory.CreateTempSubdirectory("pc-bench-timing-").FullName;
        var grains = DispatchProxy.Create<IGrainFactory, OneShard>();
        ((OneShard)grains).Records = Enumerable.Range(0, KeyDirectory.Shards)
            .SelectMany(shard => population.Records(shard, 0, Candidates))
            .ToDictionary(record => record.PublicId, StringComparer.Ordinal);
        await using var services = Gateway.Build(grains, population.PepperText, directory);
        var authenticator = services.GetRequiredService<CallerAuthenticator>();
        for (var i = 0; i < WarmUp; i++)
        {
            await MeasureAsync(authenticator, Guess(keys[i % 2], keys[i / 2 % 2][First]));
        }

        // Made before anything is measured.
        var guesses = Enumerable.Range(0, 2 * samples).Select(i => (IsRight: i % 2 == i / 2 % 2, Key: Guess(keys[i % 2], keys[i / 2 % 2][First]))).ToArray();
        RandomNumberGenerator.Shuffle<(bool IsRight, string Key)>(guesses);
        guesses = [.. guesses.Select(guess => (guess.IsRight, new string(guess.Key.AsSpan())))];
        GC.Collect();
        var times = new double[guesses.Length];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = await MeasureAsync(authenticator, guesses[i].Key);
        }

        double[] right = [.. times.Where((_, i) => guesses[i].IsRight)];
        double[] wrong = [.. times.Where((_, i) => !guesses[i].IsRight)];
        var bound = right.Concat(wrong).Order().ElementAt((int)(2L * samples * 0.99));
        Write(output, $"timing: {samples} guesses of each kind, median {right.Order().ElementAt(samples / 2) / 1000:F2} and {wrong.Order().ElementAt(samples / 2) / 1000:F2} µs");
        var usual = Welch([.. right.Where(t => t < bound)], [.. wrong.Where(t => t < bound)]);
        Write(output, $"timing: Welch's t {Welch(right, wrong):F2} over all, {usual:F2} without the slowest hundredth");
        Directory.Delete(directory, recursive: true);
        return Math.Abs(usual) < Leak;
    }

    // The public id is no secret. All but the first character of the secret is anything; its checksum is right.
    private static string Guess(string key, char first)
    {
        while (true)
        {
            var guess = ApiKeyFormat.Create(key.AsSpan(ApiKeyFormat.Prefix.Length, ApiKeyFormat.PublicIdLength), RandomNumberGenerator.GetBytes(ApiKeyFormat.SecretBytes));
            if (guess[First] == first)
            {
                return guess;
            }
        }
    }

    private static async Task<double> MeasureAsync(CallerAuthenticator authenticator, string key)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + key;
        var started = Stopwatch.GetTimestamp();
        var answer = await authenticator.AuthenticateAsync(context);
        var time = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        return answer.Caller is null ? time : throw new InvalidOperationException("A guess was right.");
    }

    private static double Welch(double[] one, double[] other)
    {
        var (mean, variance) = Of(one);
        var (otherMean, otherVariance) = Of(other);
        return (mean - otherMean) / Math.Sqrt((variance / one.Length) + (otherVariance / other.Length));
    }

    private static (double Mean, double Variance) Of(double[] values)
    {
        var mean = values.Average();
        return (mean, values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    private static void Write(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
