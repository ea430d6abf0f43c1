using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>
/// Whether the time of a refusal tells if a guessed secret begins right (RELIABILITY S15): guesses of a known key's public
/// id whose secret begins as its own does, against guesses that do not, through the whole authenticator, look-up included.
/// Welch's t beyond 4.5 would be a leak.
/// </summary>
internal static class TimingRun
{
    private const int WarmUp = 5000;

    public static async Task RunAsync(int samples, TextWriter output)
    {
        var population = new KeyPopulation(1);
        var directory = Directory.CreateTempSubdirectory("pc-bench-timing-").FullName;
        var grains = DispatchProxy.Create<IGrainFactory, OneShard>();
        ((OneShard)grains).Record = population.Records(KeyPopulation.ShardOf(KeyPopulation.Key(0)), 0, 1)[0];
        await using var services = Gateway.Build(grains, population.PepperText, directory);
        var authenticator = services.GetRequiredService<ICallerAuthenticator>();
        var right = new double[samples];
        var wrong = new double[samples];
        var (rights, wrongs) = (0, 0);
        for (var i = -WarmUp; rights < samples || wrongs < samples; i++)
        {
            var isRight = RandomNumberGenerator.GetInt32(2) == 0;
            var time = await MeasureAsync(authenticator, Guess(isRight));
            if (i < 0)
            {
                continue;
            }

            if (isRight && rights < samples)
            {
                right[rights++] = time;
            }
            else if (!isRight && wrongs < samples)
            {
                wrong[wrongs++] = time;
            }
        }

        var bound = right.Concat(wrong).Order().ElementAt((int)(2L * samples * 0.99));
        Write(output, $"timing: {samples} guesses of each kind, median {right.Order().ElementAt(samples / 2) / 1000:F2} and {wrong.Order().ElementAt(samples / 2) / 1000:F2} µs");
        Write(output, $"timing: Welch's t {Welch(right, wrong):F2} over all, {Welch([.. right.Where(t => t < bound)], [.. wrong.Where(t => t < bound)]):F2} without the slowest hundredth");
        Directory.Delete(directory, recursive: true);
    }

    // The public id is no secret. All but the first character of the secret is anything; its checksum is right.
    private static string Guess(bool isRight)
    {
        var key = KeyPopulation.Key(0);
        while (true)
        {
            var guess = ApiKeyFormat.Create(key.AsSpan(ApiKeyFormat.Prefix.Length, ApiKeyFormat.PublicIdLength), RandomNumberGenerator.GetBytes(ApiKeyFormat.SecretBytes));
            var first = ApiKeyFormat.Prefix.Length + ApiKeyFormat.PublicIdLength + 1;
            if ((guess[first] == key[first]) == isRight)
            {
                return guess;
            }
        }
    }

    private static async Task<double> MeasureAsync(ICallerAuthenticator authenticator, string key)
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
