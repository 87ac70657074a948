# trains
