namespace QLoraGen.Tokenization;

internal static partial class UnicodeForms
{
    /// <summary>
    /// Unicode 14's canonical decompositions and combining classes, as zlib in base64. Inside, all numbers are LEB128: the count of
    /// decompositions, then for each the distance from the last code point times two (plus one where the pair composes again),
    /// and the zigzag differences of its first and second part (second 0: there is one part). Then the count of runs of equal
    /// combining classes, and for each the distance from the last run's start, its length and its class.
    /// </summary>
    private const string Canonical =
        "eNqtWQl4VUWWrlP33nffzVsSQsIO0oiiaEsDRmzoyNINLrQ9Kjq22trq9Gj3qBEdR+xunQ4JRBIgCQIRkH0QkCVsAUMkyBoxIkuAAOEFMIRnQCVhMaBgmP+c"
        + "+0KeGOcbv6+/7+VU1alTZz+n6sL4uJFGGqX6DaUbfzGGMi2zr2He24jxG97YK3MrxjG0FU1v+2OjKAN2HP0TuVkqaLxoGwOU0d8U+BuG/e6VuRYY0wSTFaCd"
        + "HBtF79IMEthHzraUuTdqd4CcvVvO6ih8lMT+Ax3tCNk9gFbyUEH+VmASoK9f4lUY53tqsHr2L1teRWMkJ0aJuycKf9uVuZ3c4gcqRSvfV4wSffopwfgNHYhM"
        + "GkUPfqgTYMfeTNDv2Y6M7yHEvaPgDnI1tgS2EtiarX1R5I2ylKGVsdESJxfrOEb2kZN9bmdYb93JBM/GGWsMZez0Kmcwm2f3JN7NJ30lREZ7gV/pDk1G9TGa"
        + "n/eOmv/yR+a/7t4U/Yd7A8beK8HqI5GtosE8DBSZn2gPDw0ei3VdbDNympkd86Zfa2V2VToxzf/kDBrpT7joqNgKSvMbZT6lV/lG+o11PqxMhZ/l55/hVcYg"
        + "lfRU0GijjDYBXsqu0VUlXStIX8AQMl+8MlTwkQx4WMVZRsBpG/TdEDAMMlr5WyeqgQNUD8sX2RoS9PWJbPV8Oh5aTqZi4hzoOFRdMdlOYvPtEm2yGaMNFZX+"
        + "dlOOSGDtvVoid14L1bCo/f7ijD4ccVtCuccstPMCXH6D4DFtDKHVOk8rq5u6tota6ixxdvlaxCnbo+7qp+Aw/sXID5N4pb3qIC3Xo1C8vToPTWKPtlMLKUOn"
        + "ao9fDfl1hN7TSe0zCs0C01Y9rlC+eJTW6Bf+3JM1pV7fUKpuoNN0hhooNgjnaUt1M7zXX6YLVEYuzQw9X4fJQo/xOIbVvdQqs5bbCQkqJibya5dkJDw9mkxl"
        + "6jRqY2oVn06q66CUq2gO0SJ9hjbetOGm7JstxLbx53jVsAd4YpvsP8ujLsaMfH7Wk+LqfuI+yfv+ksWl9Ecetmr/1Tv9WzZVY0g/Isprhu8Yv28KQoY9jHFb"
        + "bbdMpAiTPVG8pDH0v0NgUHYl97fT4zx85AY30q1EbnJ7hpNGJDPffSMelR0JfvLDUf1BuCf3+YHWttsTHm4SmI/0vaL8N4ZqYhLpPHJ8lytwwmsiMHlY084O"
        + "FDZ2YiQb016RYcZrqnnJkbbXpqklhY2H+YQOMnzPdKJ69+Cohiiq9qcf2Ob6VfDJTtStIDKvRQHfb3hMru1xpuW7aLoKcTMxNkUao8szXqCP4aVXJRWL3YFc"
        + "GC/Qx7DoVQ8P7/+1bxMz92QpGc2znD5CuBz5q2vGrU3t2T1e+mO6LHcPHnzlR3ShAQzftqJ4nTNj/y/apZbr1iFXKR9b5+/MHWLmC92a0oHSXL1feJy3TjWz"
        + "tcDdWhO1ZZ9/oSvjMlKicJtdXFkzLCamCIu5KT9J8DL31PpmTp11T6V9T36KKz8a96aLy/shC2t/ymNWTUo3izsUMLNcYfnNCKt1txqa3Uon7Vz2GfGpfh2L"
        + "MQFjC4ytMLbE2BljO4wBjHEYbYwxl3129fNZAcNt7//PXxf10+if/on0F1PeQGeAlbDsuxRlOMqKsYys4R7j4+Gyo2ydyJZlBcz7MgP2HP+ogDHl7x7jGxC3"
        + "UFa8ZcwE8WfDM0m3BV0nWNoeYwcYugtIeRqC99jhI5hbF1v/J/zwAJjAsqdGRCR0vOyzal6KPGxBfdql9ts6Cby6zJcN7x/4dh7aeObn2Ll+od847eumi3yX"
        + "ffpjv7ILX4fc4ynctSzHMiqg2tKXoNp1IO4L1XpjvDUroE/4MgOe6W/wDVdqrnpJeT8IKH2O1BHKS6c6fjZ0M1X/1+TNYKjnnla+GL5Ge/6CL5g+tyg7yNcM"
        + "7pgek8eQsrYBtO6mjDkY+UWxnUckYjuBHoaxAnHuCubO2xQbpPnEvz0ukxuEckBTfF6bn1TLT53qTvsT6vyfJYYSN62m6Fuv2R/4u5PIXeyhZmGPv1BiPqmO"
        + "HdQ/kaP9FjWp77RSo2Z78r7SKzaRXjCZlF4yCyDdq/RXI5QuTsMi3ErpU/l4aSilJ0/FmFoF7MTTAGmxSoe6gOR+pQvx2DvXTul6lO4lU+n8TkpPnQailX4g"
        + "gkpnYVw/UOmKW5XOxqHKpeAVbqn0zCdA3UHpefcpXfVHpd9Jx8aae5Te8jA2cHI1s5n5Oo61Vfq9d7GY9jOl52MxD7rNg6I5o3GkClrvgOTtd4K6jdLfgmc+"
        + "+BdAsyysl+DgfGiVcR324pTOwzvrENschmc2AVEGovpf4e/nSu/+HVzwETZLgSz8L6XXgeD925XeBbF1/6L0yRvgnwsgmAQNq26DcnDGSYjfAKJcjAufVPr0"
        + "eOh1Zg2oKosArlF69hyMW3AkDL5jYOSJm5T+bC5rAXUv4EWlM88ChMCxHCJP3gu9bKVXZAK57W2A8/MA9vaHNkOUbvib0gs6Yg0fFrNn1uDZWAJkbhJsgqpH"
        + "/q70lznY2DmOo3Y9XPQPiEBlZcFNX7Fn6+GHDRjrHoXvEMlcOLUEDv62PR7qF9nbCGlVAgxJRDSBPAPTD8CpGS+DCPIqoGeK0seXw9hyDiJw5Szz0GaAQsT9"
        + "KMYCiHmrO0QgTKmo5jRw24uT9Q7yq6/SteB68mboB/rjo8BqCv4KQJw3HJmFvNgFN2xcBk4H4N1x7MLO8OcgpSdcq/QcpLVeBEQIEZ8Pyi1guwRBPMWZAbYH"
        + "MIZg8ijsswdnI+hT5wJZshCrcQjWGJi4dD8Wq+9G9HB8IY5xZAqQMGUtoBDiV4PxHLRNvQV7yJXMahBsXw/wcTaYVQ+DH7GYDuPWwG0VGGdjnAejSuGW6S8g"
        + "2u+AMA2v90m7QTmVSyrUG9yASR0NTDFzO+OBGfD1UeRiw1gg1k4A3XYYtgShCSGO9fBCgeWm8ibkTiH28oFfAm0RnHI4ZQks2spq1UPs2v+Ax15FePH9tWUw"
        + "LILnahDqXFiaE4KEGmRkEcK3FswWYV0N5v/TTelPEYMGHF52BsgvWefzHNd/Rzn3coOf8WcEgFVfiZTcg6zLZrdVQv00FEM6jKtlhu8ip1PjlQeZYBbcrjyL"
        + "H4BP+dgGBLMaavxGacwexHnU9DKIbPApc1FbZW5vqTypcGWWobzViAL6zO9xFg5dDOYrWyMHpnOlcfWD3wVoDlkVmE4B2zIuOfwth4d28TaEwDPboflCZMFv"
        + "UVjAFiEn54PJYfzVgLIaiVKi3VpmLt9ifgr4w8iACszhOpwCD79o/aR8jVVzaIFuwKEa+A35juytMl3WnMFT3E66DtMz0H8c14wlVAUIOWwOoU44/cthZCEO"
        + "vqb02COcEZloMIvTg8pzbCf3Q8icynUNRln4Q2SzwecZKA0GXH244zRXRR2UX4mRkx0FMp2rB2bvDYres7VLWQ70lxg511ipx5C0GEZxqUCx5RifByWo1pmu"
        + "Y7witCTOtTjb41qA6OSzjw038c8gqY4lyt2t68nVcZEWQ7eABKzKscJ10Mtt0HD6FHAphUUzsVmPzQ2gW4lxEo5mYz4NgSrSbuPNZetJ7CoDORrSI6InSFEm"
        + "U8gt4EtYHoW650z3higCl3HQewe3XfxlgdtdSreRKOajPiYhMqG5CCzmc1HptUfh+3oEHjUzextOZiOwGey2WQ3QIo/UGDoRNmtamb08rVok8Jf8hn028Xh6"
        + "n50oX/beyAd+1M80r166mGjY9LvR0rafEzdeTX3o5CJv/WIvLvxrEtSbSKoKfviu9S7y5nsN1euIVW2VWIZqaal23xgNRrWB3YuBC4G04Paj1paj1smjFrMM"
        + "xkcLyKcCaivzeIakAVOnOt+N91duDWpH/kli0yfwfvpHANNJ6jCb3I53h4vpgf6GXC4sgVsO7glIiiE46EulO7DauhHr0MtSdJcY8TkDsFkGT2/wiYi96BF6"
        + "z2V4G43oo1fc67eVVDwyezMW1a9K5qDEb5YdN4P+JNUYL6mUIARKfhUVEHE+jGh+8rJU5JjDQNRWBqR0seZ76xM3iQYoDYF8I+CVkuHiBgmX7tJVIQAviIXI"
        + "p1ngPxd/Y5FL6HoHoe4ONLwPTbENKvArZoeWJsGJX1cHecdqA2IEeNwgzFK52r4OuHV28SwmT0gezuA7BIdrx5O4YUquW39QZNK3oMq8EBCVOgl16SWsVlxy"
        + "vc3l8RkM28i1v36ie36e27DzR4NgYxpACYPakUEpFTivlMSNx/NYMD8z/lX4w+fjuYo2zUMBjGdQw0uP/GBC7kT4e8FbAOHcoKh3ZBTkF3MXwWI1d6iqz3Fs"
        + "yzrMajPdAOXws+MUg2ckVOj7uRA+nq3uB1fxmDqVG9wUgDS315jy79h/ELEo1vYS+Sdk6ZVwtXK9yMFDQPhpdoGb5IxZACP52UCSMpv4RTO7cWMtVn2U/prf"
        + "TvV8tLuk8lC8dXlVshgA1/26RaD9dCHAIuhRCY2OcLeqWwowgfsdXhahR8Ur5Q8ha7nx4FJcwE+5S/zy8kqy4WGGXnh0Bfic/QxeqeK+fIIVMsQXu5Zhp5hB"
        + "JZAngfxqNb9B+QXJenOxXeL7nElyGIz+gLs8O3fcGizfXQ0wlpfbGDwqFuPAvA+AT0fZHMbNur+Ii5Ar8ZsPg5IenP18790nLfQ5mXSSuly5HhR7mKwe2vw3"
        + "PCU3aQkAWu8kvrmXbQY4yS32Q/cezOGR+2qSZFcm51ZNqRttn6Rx3W4448OdAOv4LTyeOczcxuZw32gnWtftYBsZICQbyjCuhwareIJ8Ld7DVyKDg3vcXJtZ"
        + "7kavu6QEXwqVjHmLwz4vxNl+CGBhJcBmXh5ejkSdkQ8wN4zlLe7VnLMxTkrqwCG+xT8PSv3+TvLrvZqg+FJJcczhJ9M8DlMmg9kcnR04O6MWVK+7lb2b7+2M"
        + "fcDOOgvsmK+DcvSLcxgL+R3FX1Jz+QWZIG2hgr+Tyt3GdZovlv3HsFcWBoOPLwcluzazX1eeAOYQExyrwTKXM8iRPB2XhazaOgZgMyPHfUFySXMnm8O3e83F"
        + "OMnvQzymNgAUjwfxmByA3fwFw2FCIS2aGOs+HkbzJHcyQO0kgMPc/ieux6zobORyreVJmO/3CVzR1aviJKU280sLtb66JCCKFyCkx5fwG5Yr0yfddM+HnM8M"
        + "THEB3oNL5oD3Uga4RbhwJvFnC38JaHkZ8pfEm6A+5R5Cey6YE/nwWgyKPTPRh8dddjfRBWqKsPnJWrZhAcCMBS2kFGe/h3ETSD5dikkpt+o2YrfpBm6g+wbi"
        + "708M/MmW4TaPygx+eIzRclPk8LgjU4t9YwrBf9aaWOnBu/lFkTUW4Ltd/JWbA0fUYbKztIU4ZWUOFuwtfsfkIa3nb4zlaoyVG62A3PSoK8F6Xwjbp2vgMHzm"
        + "oaWEvsB0Iq/50VpQESt6rdjHISFRq+gA5u8yKII56927/X3sfYtixHu89Ai2Kg8CfLEMO1v4+ktl3JxsqFa0ii3mnKw6zu/mGmwsggr7Z8bLjbV3Nfb31gG7"
        + "7F1gti0AmHwmVnIW30PT6mO57bGENSD88n2AS67v8JA9UsgCi3Hkg1TwCpnus7pyg5asPLeRHToeO4t3gmbaLoC3QMNOX5zDVbCVP9hK3P8mcV/xgPiKznon"
        + "TjXoVE9imBKphsgMkckjHSCyQmQhrzXjePSFyGeRxUtvmLxUB7IwkREiwwjjGRUZhQXwzAY4LfMTmJ/EPGoMhGm2tsKUrSkEwWGcwsgc6DBOYO4Jk8cTIg96"
        + "otDIyHvVrmSKIfIR+cGLKEgUSxRH1IIonnRLTQkEm6iVptaa2hBeaHKGNYq/WwzoRHQNUeee1J6oA1FHasQQ/Yyoi8hjC6CkdUV+CAKufcYOk9OoMrHxrHYT"
        + "SVfqek1EGkVrz75i/BW/NFociljUzIhzcwny7AgyBmNbyLYczHHYhHq/AOP+jcHA3i2sMscvGIZXrlKiUago02i6EWVAxOaBZLeAlVF6/EUwPYG5Q2YvRsFU"
        + "apx56UGix56ReYp24sl5gyfPanKC5nPD9asy+dt9ENNRwsF/B+h2GglBaZiPIo+ZRh6ei74ODwNA9hLZWjsPYrbLgsLv29rpTM5MSPZBp+2cGLkkGeLqHGqc"
        + "3EVOotd1XU92TVRWibVXR9oUW+PI6dZoPQKQrJ1fEb4knMFkT2WHmRQpkrBbJKDVNjIyhFhhF+htVxzeGEBZn8TB8kiUS4muC9N1Ui3VLi1VRCw48b1M2C2C"
        + "8HnBiWdIznlETlMuSW5dUeZyaygJhzhPdQ5TqSlsq93CZCfhTnhOe8u/4FNWTJi6g+ED+MuDx68nZwoOdogP01DkyQ3kPEl2gJw6JtYRo1gDWzI/TEnknMeB"
        + "FQhGuzQPW2uHZHMnm32MtcsjuPftALm5f6PoLGpb5MxvNHK9CeveZM7vSJVEVwfMSrqqOjZCZndyYsnpSw68PAT0vbUzgOx7yYkh+znBrsIfCO/XNpKxLZSL"
        + "gSZlxMlttwGnPwnVJZLhH+SMkMkr5KA38SwdWechewYIHiSnJTkPQGODnHQtCTmMnIPTYMUAcN7gaE/+VOj20Y14OGsDIapClhyggDckYi1Y1Rk2TuEMWt8e"
        + "R7wtwtSSR3YlKLI0Fg3soztAV+2DI1/hVkj2/wL60k0j";
}
